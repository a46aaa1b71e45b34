@echo off
rem Double click: sets the project up the first time, then asks what to do.
setlocal
cd /d "%~dp0"
if exist ".venv\Scripts\assess.exe" goto start

set "PY="
for %%v in (3.13 3.12 3.11) do if not defined PY py -%%v -c "" >nul 2>&1 && set "PY=py -%%v"
if not defined PY python -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))" >nul 2>&1 && set "PY=python"
if not defined PY goto no_python

set "FROM="
if exist "wheels\" set "FROM=--no-index --find-links wheels"
echo Setting up, a minute or two ...
%PY% -m venv .venv || goto failed
.venv\Scripts\python -m pip install --quiet %FROM% --require-hashes -r requirements.lock || goto failed
.venv\Scripts\python -m pip install --quiet %FROM% --no-deps --no-build-isolation -e . || goto failed

:start
.venv\Scripts\python -m analysis start
goto end

:no_python
echo Python 3.11, 3.12 or 3.13 was not found. Install it, then double click this file again.
goto end

:failed
echo The set-up failed; the reason stands above. Double click this file again once it is mended.

:end
pause
