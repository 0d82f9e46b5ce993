package maildrift.alerts.notify;

import java.io.IOException;

/** How one says over HTTP who one is. */
public sealed interface Credentials {

  /**
   * The value of {@code Authorization}.
   *
   * @throws IOException when the secret cannot be read
   */
  String header() throws IOException;

  /** A token (RFC 6750). */
  record Bearer(Secret token) implements Credentials {
    @Override
    public String header() throws IOException {
      return "Bearer " + token.reveal();
    }
  }

  /** A user and the password (RFC 7617). */
  record Basic(Login login) implements Credentials {
    @Override
    public String header() throws IOException {
      return login.basic();
    }
  }
}
