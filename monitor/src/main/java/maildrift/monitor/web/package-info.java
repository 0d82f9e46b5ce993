/**
 * The daemon's HTTP side: page, API, metrics, health. Handlers never block the event loop; what the
 * daemon does is behind {@link maildrift.monitor.web.Backend}.
 */
@NullMarked
package maildrift.monitor.web;

import org.jspecify.annotations.NullMarked;
