/** Mail over SMTP. The only package that knows Angus Mail. */
@NullMarked
package maildrift.alerts.notify.mail;

import org.jspecify.annotations.NullMarked;
