"""trivsel.settings with a handful of changes: fast hasher, tasks run in place, memory cache, mail kept in a list."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ.setdefault("TRIVSEL_SECRET_KEY", "only-for-tests")
os.environ["TRIVSEL_DEMO"] = "1"
os.environ["TRIVSEL_EMBEDDED"] = "1"
os.environ["TRIVSEL_OIDC_ISSUER"] = "http://127.0.0.1:9/tenant/v2.0"  # nobody there
os.environ["TRIVSEL_OIDC_CLIENT_ID"] = "trivsel"
os.environ["TRIVSEL_OIDC_CLIENT_SECRET"] = "only-for-tests"
os.environ["TRIVSEL_SAML_ENTITY_ID"] = "https://adfs.idp.example/adfs/services/trust"
os.environ["TRIVSEL_SAML_SSO_URL"] = "https://adfs.idp.example/adfs/ls/"
os.environ["TRIVSEL_SAML_CERTIFICATE"] = "made by each test"
os.environ["TRIVSEL_SAML_NAME"] = "Kommunens log-in"
os.environ.setdefault("TRIVSEL_VAR", tempfile.mkdtemp(prefix="trivsel-test-var-"))

from trivsel.settings import *  # noqa: F403
from trivsel.settings import DATABASES, STORAGES

KEY_DIR = Path(tempfile.mkdtemp(prefix="trivsel-test-keys-"))
PRIVATE_KEY_DIR = Path(tempfile.mkdtemp(prefix="trivsel-test-private-keys-"))
atexit.register(shutil.rmtree, KEY_DIR, ignore_errors=True)
atexit.register(shutil.rmtree, PRIVATE_KEY_DIR, ignore_errors=True)
SECRET_KEY = "only-for-tests"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_MAIL_BESIDE = False
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}

_suffix = os.environ.get("PYTEST_DB_SUFFIX", "")
for _name, _settings in DATABASES.items():
    _settings["CONN_MAX_AGE"] = 0
    _settings["TEST"] = {"NAME": f"test_{_name}{'_' + _suffix if _suffix else ''}"}
