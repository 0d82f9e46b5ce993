/**
 * What maildrift watches of itself: its eyes, its way out, its receivers. One symptom a file; each
 * becomes an alert that belongs to no domain. Nothing here judges a domain.
 */
@NullMarked
package maildrift.monitor.self;

import org.jspecify.annotations.NullMarked;
