/**
 * The laboratory: real servers on loopback, each a child process on free ports, and the daemon
 * beside them. Here the promises are kept that only real servers can hold us to; what a fake server
 * can show belongs into the tests of the modules.
 */
@NullMarked
package maildrift.monitor.lab;

import org.jspecify.annotations.NullMarked;
