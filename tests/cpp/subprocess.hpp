// For cases that need a process of their own: another environment, a fork, an exit.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include "check.hpp"

namespace check {

struct Outcome {
  int status;          // the exit status; 128 + the signal that ended it
  std::string output;  // standard output and error together
};

// Waits for a child; one that does not end in time is killed, so that a deadlock is a failure.
inline int wait_for(pid_t child, int seconds = 120) {
  int status = 0;
  for (int tick = 0; tick < seconds * 1000; ++tick) {
    const pid_t ended = waitpid(child, &status, WNOHANG);
    if (ended == child) return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (ended < 0 && errno != EINTR) fail("waitpid failed");
    usleep(1000);
  }
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
  fail("the child did not end in " + std::to_string(seconds) + " seconds");
}

// Runs body() in a fork of this process, which then leaves through exit(): as a program would.
// Returns the exit status: 0 when the body returned, 1 when it threw.
template <class F>
int run_in_fork(F&& body) {
  std::fflush(nullptr);  // else what is buffered is written twice
  const pid_t child = fork();
  if (child < 0) fail("fork failed");
  if (child == 0) {
    try {
      body();
    } catch (...) {
      std::fprintf(stderr, "in the child: %s\n", caught().c_str());
      std::exit(1);
    }
    std::exit(0);
  }
  return wait_for(child);
}

// Runs one case in a new process with these variables added to the environment.
inline Outcome run_case(const std::string& name, const std::map<std::string, std::string>& added) {
  int ends[2];
  if (pipe(ends) != 0) fail("pipe failed");
  const pid_t child = fork();
  if (child < 0) fail("fork failed");
  if (child == 0) {
    for (const auto& [variable, value] : added) setenv(variable.c_str(), value.c_str(), 1);
    dup2(ends[1], STDOUT_FILENO);
    dup2(ends[1], STDERR_FILENO);
    close(ends[0]);
    execl(program().c_str(), program().c_str(), "--run", name.c_str(), nullptr);
    _exit(127);
  }
  close(ends[1]);
  std::string output;
  char buffer[4096];
  for (ssize_t size; (size = read(ends[0], buffer, sizeof buffer)) > 0;) {
    output.append(buffer, static_cast<std::size_t>(size));
  }
  close(ends[0]);
  return {wait_for(child), output};
}

}  // namespace check
