package maildrift.alerts.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MailboxTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "m@example.test,                    ``,         m@example.test",
        "Mail Drift <m@example.test>,       Mail Drift, m@example.test",
        "\"Mail Drift\" <m@example.test>,   Mail Drift, m@example.test",
        "<m@example.test>,                  ``,         m@example.test",
        "\"<b@c.test>\" <m@example.test>,   <b@c.test>, m@example.test"
      })
  void aSenderIsAnAddressWithANameOrWithout(String written, String name, String address) {
    assertThat(Mailbox.parse(written)).isEqualTo(new Mailbox(name, address));
  }

  @Test
  void whatItWritesItReads() {
    var mailbox = new Mailbox("a \"b\" \\ c, Größe", "m@example.test");

    assertThat(Mailbox.parse(mailbox.toString())).isEqualTo(mailbox);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Drift, Mail <m@example.test>",
        "\"Mail <m@example.test>",
        "\"Mail\" Drift <m@example.test>",
        "m@example.test>",
        "\"a\r\nBcc: b@c.test\" <m@example.test>",
        "\"a\u202eb\" <m@example.test>"
      })
  void whatMayBeTakenForSomethingElseIsRefused(String written) {
    assertThatThrownBy(() -> Mailbox.parse(written)).isInstanceOf(IllegalArgumentException.class);
  }
}
