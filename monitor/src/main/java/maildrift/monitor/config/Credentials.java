package maildrift.monitor.config;

import java.nio.file.Path;

/**
 * What systemd gives to a unit alone ({@code LoadCredential=}). Whoever runs a command beside the
 * unit has neither the variable nor, mostly, the right to read the folder; that is no mistake of
 * the configuration.
 *
 * @param directory where systemd keeps those of the daemon's unit
 */
record Credentials(Path directory) {
  static final String VARIABLE = "CREDENTIALS_DIRECTORY";

  boolean has(Path file) {
    return file.startsWith(directory);
  }

  /** Why that is left out which a file would have said. */
  static String unseen(String key, Place.Source source) {
    return "%s'%s' is for the daemon's unit alone (%s is not set here): what is in it was not looked at"
        .formatted(key.isEmpty() ? "" : key + ": ", Words.shortened(source.shown()), VARIABLE);
  }
}
