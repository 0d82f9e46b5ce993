/**
 * One look at one domain: every probe wrapped with deadline, isolation and timing; grading by
 * waivers; drift against the baseline.
 */
@NullMarked
package maildrift.monitor.check;

import org.jspecify.annotations.NullMarked;
