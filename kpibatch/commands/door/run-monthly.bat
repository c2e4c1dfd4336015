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
if not exist "%PROGRAM%" (
    set "PROGRAM=kpibatch"
    set "WORDS="
)
"%PROGRAM%" %WORDS% run %*
set "CODE=%ERRORLEVEL%"
if not "%CODE%"=="9009" goto told
echo kpibatch was not found: install it, or put its .venv into this folder.
set "CODE=2"
:told
popd
setlocal EnableDelayedExpansion
echo(!CMDCMDLINE!| find /i "%~nx0" >nul && timeout /t 60
exit /b %CODE%
