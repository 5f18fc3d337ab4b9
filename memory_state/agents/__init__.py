"""One module a client: its event names, tool names, answer form and configuration."""
