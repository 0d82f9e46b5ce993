/**
 * JSON out: how a check looks to scripts and on the API. The only package of the monitor that
 * writes a check's JSON.
 */
@NullMarked
package maildrift.monitor.json;

import org.jspecify.annotations.NullMarked;
