"""Many concurrent users of a real server, and their response times. Their sessions are written as rows."""

from __future__ import annotations

import asyncio
import random
import secrets
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from govern.db import db, now
from govern.people.access import digest
from govern.people.models import Account, SignInSession


def cookies(app: Flask, accounts: Sequence[Account], count: int) -> list[str]:
    """Sign in `count` browsers, the accounts in turn, and return each one's Cookie header."""
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    if signer is None:
        raise RuntimeError("the application has no secret key")
    given = []
    for number in range(count):
        token, at = secrets.token_urlsafe(32), now()
        account = accounts[number % len(accounts)]
        row = SignInSession(account=account, token=digest(token), started_at=at, seen_at=at, fresh_at=at)
        db.session.add(row)
        kept = {"_user_id": token, "_fresh": True, "_permanent": True, "csrf_token": secrets.token_hex(20)}
        value = signer.dumps(kept)
        given.append(f"{app.config['SESSION_COOKIE_NAME']}={value}")
    db.session.commit()
    return given


@dataclass
class Crowd:
    """The results of a crowd: seconds per page, and every answer that was not a page."""

    waits: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """Return the response time, in seconds, that the given share of the pages did not exceed."""
        return statistics.quantiles(self.waits, n=1000)[round(share * 1000) - 1]


def visit(
    address: str, people: Sequence[str], pages: Sequence[str], *, seconds: float, pause: float, seed: int = 1
) -> Crowd:
    """Let everybody open pages at random for `seconds`, with `pause` seconds between pages on average."""
    crowd = Crowd()
    asyncio.run(_visit(crowd, address, people, pages, seconds, pause, seed))
    return crowd


async def _visit(
    crowd: Crowd, address: str, people: Sequence[str], pages: Sequence[str], seconds: float, pause: float, seed: int
) -> None:
    until = time.monotonic() + seconds
    chance = random.Random(seed)

    async def person(cookie: str) -> None:
        async with ClientSession(
            address,
            cookie_jar=DummyCookieJar(),
            connector=TCPConnector(limit=2),
            timeout=ClientTimeout(total=60),
            headers={"Cookie": cookie},
        ) as client:
            await asyncio.sleep(chance.uniform(0, pause))
            while time.monotonic() < until:
                page = chance.choice(pages)
                began = time.perf_counter()
                try:
                    async with client.get(page, allow_redirects=False) as answer:
                        await answer.read()
                        if answer.status != 200:
                            crowd.faults.append(f"{page}: {answer.status}")
                except (ClientError, TimeoutError, OSError) as error:
                    crowd.faults.append(f"{page}: {type(error).__name__} {error}")
                crowd.waits.append(time.perf_counter() - began)
                await asyncio.sleep(chance.expovariate(1 / pause))

    await asyncio.gather(*(person(cookie) for cookie in people))
