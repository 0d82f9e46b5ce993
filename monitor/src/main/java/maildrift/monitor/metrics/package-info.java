/**
 * What Prometheus reads. The series of domains are written straight from the state table into the
 * response, so that a removed domain is gone at the next scrape; Micrometer holds the daemon's own.
 * Every name is in {@link maildrift.monitor.metrics.Names}.
 */
@NullMarked
package maildrift.monitor.metrics;

import org.jspecify.annotations.NullMarked;
