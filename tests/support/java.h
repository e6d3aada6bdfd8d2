/* Java programs in tests and benchmarks: compiled and run by the JDK of the machine, in the directory of a fixture. What they are made of
 * and what they find are `directory`/classes and Apache Derby's client. */
#pragma once

/* Compiles files of this repository, as the shell names them below its root ("tests/integration/java/Pool.java"); `jars` are what they
 * need besides, or NULL. Warnings are errors. Returns javac's exit status. */
int java_compile(const char *directory, const char *sources, const char *jars);

/* Runs java in the directory with the rest of a shell command: options, the class, its arguments, redirections. Returns the exit status. */
int java_run(const char *directory, const char *command);

/* The same, but `tell` gets each line that the program writes as soon as it is there. */
int java_follow(const char *directory, const char *command, void (*tell)(const char *line));
