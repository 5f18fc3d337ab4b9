"""What the hook of an agent session needs: built-in modules only, no third party, no disk but `files`."""
