"""The demo: a realistic collaboration, built with the same operations that the pages call."""

from govern.demo.build import DemoResult, build
from govern.demo.script import DEMO_SIGN_INS, SignIn

__all__ = ["DEMO_SIGN_INS", "DemoResult", "SignIn", "build"]
