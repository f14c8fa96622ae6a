"""The main job: the real CDNOW purchases through the running platform, and the proof that every one arrived once."""
