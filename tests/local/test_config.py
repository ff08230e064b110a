"""What the environment may say, and what is refused."""

import base64
import subprocess
import sys
from pathlib import Path

import pytest

from community_portal import config
from tests.local import helpers

KEY = base64.b64encode(b"k" * 32).decode()
PRODUCTION = {
    "PORTAL_MODE": "production",
    "DATABASE_URL": "postgresql://portal:pw@db:5432/portal",
    "REDIS_URL": "redis://queue:6379/0",
    "SECRET_KEY": "s" * 50,
    "ALLOWED_HOSTS": "portal.example.cn, other.example.cn",
    "PORTAL_DATA_KEYS": f"k2:{KEY},k1:{KEY}",
    "PORTAL_INDEX_KEY": KEY,
}


def test_a_complete_production_environment_is_accepted() -> None:
    read = config.read(PRODUCTION)
    assert (read.mode, read.debug) == ("production", False)
    assert read.allowed_hosts == ["portal.example.cn", "other.example.cn"]
    assert [name for name, _ in read.data_keys] == ["k2", "k1"]


def test_an_empty_production_environment_is_refused_with_every_missing_name() -> None:
    with pytest.raises(config.ConfigError) as refused:
        config.read({"PORTAL_MODE": "production"})
    names = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS", "PORTAL_DATA_KEYS", "PORTAL_INDEX_KEY")
    assert [name for name in names if name not in str(refused.value)] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "1"),
        ("SECRET_KEY", "short"),
        ("ALLOWED_HOSTS", "*"),
        ("PORTAL_DATA_KEYS", "k1:not-base64"),
        ("PORTAL_DATA_KEYS", f"k1:{base64.b64encode(b'short').decode()}"),
        ("PORTAL_INDEX_KEY", ""),
    ],
)
def test_one_unsafe_value_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(config.ConfigError, match=name) as refused:
        config.read({**PRODUCTION, name: value})
    assert str(refused.value).count("\n- ") == 1


def test_a_database_url_without_a_mode_means_production() -> None:
    with pytest.raises(config.ConfigError, match="SECRET_KEY"):
        config.read({"DATABASE_URL": "postgresql://db/portal"})


def test_another_database_engine_is_refused() -> None:
    with pytest.raises(config.ConfigError, match="PostgreSQL"):
        config.database("sqlite:///portal.db")


def test_a_database_address_is_taken_apart() -> None:
    found = config.database("postgresql://us%40er:p%3Aw@db.example.cn:5433/portal")
    assert found == {
        "ENGINE": "community_portal.database",
        "NAME": "portal",
        "USER": "us@er",
        "PASSWORD": "p:w",
        "HOST": "db.example.cn",
        "PORT": "5433",
    }


def test_local_secrets_are_private_and_stay_the_same(tmp_path: Path) -> None:
    first = config.read({"PORTAL_MODE": "local", "PORTAL_VAR": str(tmp_path / "var")})
    again = config.read({"PORTAL_MODE": "local", "PORTAL_VAR": str(tmp_path / "var")})
    assert (tmp_path / "var" / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert (first.secret_key, first.data_keys, first.index_key) == (again.secret_key, again.data_keys, again.index_key)
    assert len(first.secret_key) >= config.SECRET_LENGTH


def test_starters_at_the_same_time_agree_on_one_secret(tmp_path: Path) -> None:
    code = "from community_portal import config; print(config.read().secret_key)"
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=helpers.ROOT,
            env=helpers.environ(tmp_path, PORTAL_MODE="local"),
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    printed = {starter.communicate(timeout=60)[0] for starter in starters}
    assert len(printed) == 1
    assert len(printed.pop().strip()) >= config.SECRET_LENGTH
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.json"]


def test_two_index_keys_are_read_while_they_are_rotated() -> None:
    other = base64.b64encode(b"o" * 32).decode()
    read = config.read({**PRODUCTION, "PORTAL_INDEX_KEY": f"{other},{KEY}"})
    assert (read.index_key, read.older_index_keys) == (b"o" * 32, [b"k" * 32])
    with pytest.raises(config.ConfigError, match="PORTAL_INDEX_KEY"):
        config.read({**PRODUCTION, "PORTAL_INDEX_KEY": f"{other},short"})


def test_data_keys_of_one_name_are_refused() -> None:
    with pytest.raises(config.ConfigError, match="同名"):
        config.read({**PRODUCTION, "PORTAL_DATA_KEYS": f"k1:{KEY},k1:{KEY}"})


def test_days_of_retention_are_read_by_name() -> None:
    read = config.read({**PRODUCTION, "PORTAL_RETENTION_DAYS": "petitions.caller=730, notices.sms=200"})
    assert read.numbers("PORTAL_RETENTION_DAYS") == {"petitions.caller": 730, "notices.sms": 200}
    with pytest.raises(config.ConfigError, match="PORTAL_RETENTION_DAYS"):
        config.read({**PRODUCTION, "PORTAL_RETENTION_DAYS": "petitions.caller"}).numbers("PORTAL_RETENTION_DAYS")
