"""Authentication and authorization of the emulator's callers."""
