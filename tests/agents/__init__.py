"""Tests of the clients: their settings files and their forms of answer."""
