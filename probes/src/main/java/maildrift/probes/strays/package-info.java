/**
 * What a zone answers where no record should be, or denies where one is: old types, wildcards that
 * answer for every name, names that are denied although others are below them. Questions that the
 * probes of the protocols themselves need not ask belong here, so that those stay quick; what the
 * records say does not.
 */
@NullMarked
package maildrift.probes.strays;

import org.jspecify.annotations.NullMarked;
