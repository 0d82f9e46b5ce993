/**
 * Records that a standard wants at a label below the domain, written as a version and fields that
 * semicolons separate: what MTA-STS and TLS-RPT have in common. What the fields mean does not
 * belong here.
 */
@NullMarked
package maildrift.probes.textrecord;

import org.jspecify.annotations.NullMarked;
