package maildrift.alerts.notify;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A user and the password. */
public record Login(String user, Secret password) {
  public Login {
    if (user.isEmpty()) {
      throw new IllegalArgumentException("username must not be empty");
    }
  }

  /** As the value of {@code Authorization} (RFC 7617). */
  public String basic() throws IOException {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password.reveal()).getBytes(StandardCharsets.UTF_8));
  }
}
