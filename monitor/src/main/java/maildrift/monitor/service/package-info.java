/**
 * What the service manager that started the daemon hears of it: systemd's notification protocol,
 * over a datagram socket that libc opens. Nothing here knows what the daemon does.
 */
@NullMarked
package maildrift.monitor.service;

import org.jspecify.annotations.NullMarked;
