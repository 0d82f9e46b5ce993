package maildrift.monitor.digest;

import java.util.List;
import java.util.Optional;
import maildrift.alerts.ReadyMail;

/**
 * A digest in words.
 *
 * @param figures what the next one is compared with
 */
public record Written(String tenant, Digest digest, Figures figures) {

  static Written of(Material material) {
    return new Written(material.tenant().id(), Writing.of(material), Figures.of(material.states()));
  }

  public String subject() {
    return DigestText.subject(digest);
  }

  public String text() {
    return DigestText.of(digest);
  }

  public String html() {
    return DigestHtml.of(digest);
  }

  /** As it is owed. */
  ReadyMail mail(List<String> to, Optional<String> from) {
    return new ReadyMail(to, from, subject(), text(), html());
  }
}
