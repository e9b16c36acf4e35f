"""Tests of the emulator: pure ones under an injected clock, the others against a real one on a free loopback port."""
