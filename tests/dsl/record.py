"""Write the transcripts of all language programs anew: `python -m tests.dsl.record`, then read the difference."""

from tests.dsl.transcript import programs, transcript

if __name__ == "__main__":
    for path in programs():
        path.with_suffix(".txt").write_text(transcript(path), encoding="utf-8")
