/**
 * The dashboards' one source: written here, checked in as {@code grafana/dashboards/*.json} in
 * Grafana's classic form, which every version from 9 on reads. Only what Grafana shows lives here;
 * what the series mean is in {@code monitor.metrics}.
 */
@NullMarked
package maildrift.monitor.grafana;

import org.jspecify.annotations.NullMarked;
