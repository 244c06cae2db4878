"""Believable VPC Flow Logs of a small company with four VPCs, for the demo, the tests and the benchmarks.

The logs are VPC-A's, so every record comes from a network interface inside 10.0.0.0/16:
story.py says who talks to whom, network.py where, and the other modules turn that into log files.
"""

from bot.sample_logs.files import SampleSummary, write_sample_logs
from bot.sample_logs.layout import Layout

__all__ = ["Layout", "SampleSummary", "write_sample_logs"]
