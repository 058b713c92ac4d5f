"""Files that somebody sends us: what they really are, and whether they may be kept. Pure; reads bytes, writes nothing."""
