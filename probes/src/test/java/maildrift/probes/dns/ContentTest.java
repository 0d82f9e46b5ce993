package maildrift.probes.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class ContentTest {
  private static final Question MX = new Question(DnsName.of("contoso.test"), RecordType.MX);
  private static final String TWO =
      "contoso.test. 300 MX 10 a.contoso.test., contoso.test. 300 MX 20 b.provider.test.";

  /** Answers, then after a bar the denial, as lines of a zone file that commas part. */
  private static Content content(String sections) {
    var message = new Message(7);
    message.getHeader().setFlag(Flags.QR);
    var parts = sections.split("/", -1);
    for (var i = 0; i < parts.length; i++) {
      for (var line : parts[i].split(",", -1)) {
        if (!line.isBlank()) {
          message.addRecord(record(line.strip()), i == 0 ? Section.ANSWER : Section.AUTHORITY);
        }
      }
    }
    return Content.of(message.toWire());
  }

  private static Record record(String line) {
    var words = line.split(" ", 4);
    try {
      return Record.fromString(
          Name.fromString(words[0]),
          Type.value(words[2]),
          DClass.IN,
          Long.parseLong(words[1]),
          words[3],
          Name.root);
    } catch (IOException wrong) {
      throw new IllegalArgumentException(line, wrong);
    }
  }

  // the same as TWO but for this
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          contoso.test. 300 MX 20 b.provider.test., contoso.test. 300 MX 10 a.contoso.test. | true
          contoso.test. 17 MX 10 a.contoso.test., contoso.test. 9 MX 20 b.provider.test.    | true
          COntoso.test. 300 MX 10 a.contoso.test., contoso.test. 300 MX 20 b.provider.test. | true
          contoso.test. 300 MX 10 b.provider.test., contoso.test. 300 MX 20 a.contoso.test. | false
          contoso.test. 300 MX 10 a.contoso.test.                                           | false
          contoso.test. 300 MX 10 a.contoso.test./contoso.test. 300 MX 20 b.provider.test.  | false
          other.test. 300 MX 10 a.contoso.test., contoso.test. 300 MX 20 b.provider.test.   | false
          contoso.test. 300 MX 10 a.contoso.test., contoso.test. 300 TXT x                  | false
          """)
  void aMarkIsOfWhatIsSaidAndOfNothingElse(String sections, boolean same) {
    assertThat(content(sections).mark() == content(TWO).mark()).isEqualTo(same);
  }

  @Test
  void theSameMessageForAnotherQuestionIsAnother() {
    var content = content(TWO);

    assertThat(content.mark(MX))
        .isEqualTo(content(TWO).mark(MX))
        .isNotEqualTo(content.mark(new Question(MX.name(), RecordType.TXT)));
  }

  @Test
  void whatEndsInTheMiddleIsMarkedByItsOctets() {
    assertThat(Content.of(new byte[] {1, 2, 3}).mark())
        .isEqualTo(Content.of(new byte[] {1, 2, 3}).mark())
        .isNotEqualTo(Content.of(new byte[] {1, 2, 4}).mark());
  }
}
