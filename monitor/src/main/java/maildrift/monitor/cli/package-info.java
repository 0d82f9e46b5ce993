/**
 * The command line: parses arguments, runs one thing, prints. Results go to stdout, everything else
 * to stderr.
 */
@NullMarked
package maildrift.monitor.cli;

import org.jspecify.annotations.NullMarked;
