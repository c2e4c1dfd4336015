@echo off
rem Runs the newest month of the workspace in this folder; of another month: run-monthly.bat 2565-06
rem By a double click, or by Task Scheduler. Ends with 0: clean, 1: findings, 2: could not go on.
setlocal
chcp 65001 >nul
pushd "%~dp0" || exit /b 2
set "PROGRAM={program}"
set "WORDS={words}"
if exist ".venv\Scripts\python.exe" (
    set "PROGRAM=.venv\Scripts\python.exe"
    set "WORDS=-m kpibatch"
)
set "FOUND="
for %%P in (kpibatch.exe kpibatch.cmd kpibatch.bat) do if not defined FOUND set "FOUND=%%~$PATH:P"
if exist "%PROGRAM%" (
    "%PROGRAM%" %WORDS% run %*
) else if defined FOUND (
    call "%FOUND%" run %*
) else (
    echo kpibatch was not found: install it, or put its .venv into this folder.
    cmd /c exit 2
)
set "CODE=%ERRORLEVEL%"
popd
setlocal EnableDelayedExpansion
rem Of a double click the window stays open for a minute, or until a key is pressed.
set "CALLED=!CMDCMDLINE!"
if not "!CALLED:%~nx0=!"=="!CALLED!" timeout /t 60 2>nul
exit /b %CODE%
