/**
 * What the operator wrote, read once and checked whole: YAML with positions in, one immutable
 * {@link maildrift.monitor.config.MonitorConfig} or a list of problems out. Nothing here opens a
 * socket, starts a thread or keeps state; reading files is its only I/O.
 */
@NullMarked
package maildrift.monitor.config;

import org.jspecify.annotations.NullMarked;
