/** Names by which projects call what only their development needs. */
import { isDevelopmentPlace } from "../dockerfile/purpose.ts";

/** Distributions that test, lint, format or document a project. Not among them: what programs also import. */
const pythonTools =
  /^(?:pytest(?:-.+)?|tox|nox|coverage|mypy|pyright|pyre-check|ruff|black|flake8(?:-.+)?|pylint|isort|autopep8|yapf|bandit|pre-commit|pydocstyle|pycodestyle|pyflakes|hypothesis|factory-boy|faker|responses|freezegun|vcrpy|moto|sphinx(?:-.+)?|mkdocs(?:-.+)?|ipdb|pudb|pip-tools|twine|bump2version|bumpversion|commitizen|types-.+|.+-stubs|memory-profiler|line-profiler|py-spy|watchdog|pip-audit|safety)$/;

/** Some of them run in production: a file watcher, fake data, type stubs that are imported. */
const alsoRuntime = /^(?:watchdog|faker|hypothesis|moto|responses|py-spy|sphinx.*|mkdocs.*)$/;

/** Normalised name of a distribution (PEP 503). */
export const isDevelopmentTool = (name: string): boolean => pythonTools.test(name) && !alsoRuntime.test(name);

/** `requirements-dev.txt`, `dev-requirements.txt`, `requirements/test.txt`. */
export const isDevelopmentFile = (path: string): boolean =>
  /(?:^|[/_.-])(?:dev|devel|develop|development|tests?|testing|lint|typing|docs?)(?:[_.-]requirements)?(?:\.(?:txt|in|pip|lock))$|(?:^|\/)(?:dev|devel|development|tests?|testing|lint|docs?)[_.-]?requirements\.(?:txt|in)$/i.test(
    path,
  );

/**
 * `tests/requirements.txt`, `docs/sphinx/requirements.txt`: of the folders around a file the nearest two say it. Folders outside
 * the workspace say nothing, so the path is taken from there.
 */
export const isInDevelopmentFolder = (path: string): boolean =>
  /[/\\](?:(?:[\w.-]+[_-])?tests?|testing|e2e|fixtures|testdata|docs?|benchmarks?|ci|lint)[/\\](?:[^/\\]+[/\\])?[^/\\]+$/i.test(
    `/${path}`,
  ) || isDevelopmentPlace(path);
