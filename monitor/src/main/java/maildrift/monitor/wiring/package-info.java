/**
 * From configuration to the parts that do the work: the daemon's straight line, and the mappings
 * that it and the command line share.
 *
 * <p>{@link maildrift.monitor.wiring.App} builds, starts and stops the daemon. {@code InForce}
 * holds the configuration that counts and the lock under which another one is put in force by
 * {@code Reload}; {@code Population} decides under it who is watched. {@code DaemonBackend} answers
 * the web side. {@code OwnEyes}, {@code Health}, {@code LifeSign} and {@code Rerouting} look at
 * maildrift itself.
 */
@NullMarked
package maildrift.monitor.wiring;

import org.jspecify.annotations.NullMarked;
