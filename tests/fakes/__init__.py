"""Stand-ins for what lies beyond this machine, as strict as the originals."""
