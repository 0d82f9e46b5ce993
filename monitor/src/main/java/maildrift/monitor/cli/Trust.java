package maildrift.monitor.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import maildrift.alerts.notify.http.Authorities;

/** Whom the commands trust that ask a running daemon over https. */
final class Trust {
  private Trust() {}

  /** The system's certificate authorities and those of a PEM file. */
  static SSLContext systemAnd(Path file) {
    try {
      return Authorities.systemAnd(file);
    } catch (IOException problem) {
      throw new Failure("--ca-file %s: %s".formatted(file, Arguments.unreadable(file, problem)));
    } catch (GeneralSecurityException problem) {
      throw new Failure("--ca-file %s: %s".formatted(file, problem.getMessage()));
    }
  }
}
