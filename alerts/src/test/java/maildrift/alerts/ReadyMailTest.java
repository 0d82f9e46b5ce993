package maildrift.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReadyMailTest {
  @Test
  void whatIsWrittenIsReadBackAndIsNoNotification() {
    var mail =
        new ReadyMail(
            List.of("it@contoso.test"), Optional.of("md@x.test"), "Woche 48", "Grüße\n", "<p>");

    assertThat(ReadyMail.parse(mail.toJson())).contains(mail);
    assertThatThrownBy(() -> Notification.parse(mail.toJson()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void nothingElseIsAMail() {
    assertThat(ReadyMail.parse("{\"version\":\"4\"}")).isEmpty();
    assertThat(ReadyMail.parse("{")).isEmpty();
  }
}
