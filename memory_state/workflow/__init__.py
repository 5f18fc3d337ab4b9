"""The rules of a workflow: values in, values out, no disk, no clock."""
