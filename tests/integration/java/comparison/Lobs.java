import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.zip.CRC32;

/** The methods of Blob and Clob: of values made by the connection, and of those of rows; both as parameters. */
final class Lobs {
    private static final int LONG_BYTES = 300000;
    private static final int LONG_CHARACTERS = 100000;
    private static final String LETTERS = "abc\u00e4\u00f6\u20acxyz";

    private Lobs() {
    }

    private interface StreamAct {
        Object run() throws SQLException, IOException;
    }

    /** Streams tell of failures by IOException; behind it stands the server's. */
    private static void attempt(String observation, StreamAct act) {
        Observations.attempt(observation, () -> {
            try {
                return act.run();
            } catch (IOException failure) {
                return "IOException";
            }
        });
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (i * 31 + i / 251);
        }
        return bytes;
    }

    private static String letters(int size) {
        StringBuilder text = new StringBuilder(size);
        for (int i = 0; i < size; i++) {
            text.append(LETTERS.charAt((i + i / 89) % LETTERS.length()));
        }
        return text.toString();
    }

    private static String sum(byte[] bytes) {
        CRC32 sum = new CRC32();
        sum.update(bytes);
        return bytes.length + " bytes, " + Long.toHexString(sum.getValue());
    }

    private static String sum(String text) {
        return text.length() + " characters, " + sum(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String show(Blob blob) throws SQLException {
        byte[] all = blob.getBytes(1, (int) blob.length());
        return all.length <= 40 ? Observations.show(all) : sum(all);
    }

    private static String show(Clob clob) throws SQLException {
        String all = clob.getSubString(1, (int) clob.length());
        return all.length() <= 40 ? all : sum(all);
    }

    private static void temporaryBlobs(Connection connection) throws SQLException {
        Blob blob = connection.createBlob();
        Observations.attempt("new BLOB", () -> blob.length() + " " + show(blob));
        Observations.attempt("BLOB setBytes", () -> blob.setBytes(1, new byte[] { 1, 2, 3, 4, 5 }) + " " + show(blob));
        Observations.attempt("BLOB setBytes over the middle", () -> blob.setBytes(2, new byte[] { 9, 8 }) + " " + show(blob));
        Observations.attempt("BLOB setBytes over the end", () -> blob.setBytes(5, new byte[] { 7, 6 }) + " " + show(blob));
        Observations.attempt("BLOB setBytes behind the end", () -> blob.setBytes(7, new byte[] { 10 }) + " " + show(blob));
        Observations.attempt("BLOB setBytes of a part", () -> blob.setBytes(1, new byte[] { 1, 2, 3, 4 }, 1, 2) + " " + show(blob));
        Observations.attempt("BLOB setBytes beyond the end", () -> blob.setBytes(20, new byte[] { 1 }));
        Observations.attempt("BLOB setBytes at 0", () -> blob.setBytes(0, new byte[] { 1 }));
        Observations.attempt("BLOB setBytes of nothing", () -> blob.setBytes(1, new byte[0]) + " " + show(blob));
        Observations.attempt("BLOB position", () -> blob.position(new byte[] { 4, 7 }, 1));
        Observations.attempt("BLOB position of what is not there", () -> blob.position(new byte[] { 99 }, 1));
        Observations.attempt("BLOB position behind it", () -> blob.position(new byte[] { 4, 7 }, 5));
        Observations.attempt("BLOB position at 0", () -> blob.position(new byte[] { 4 }, 0));
        Blob wanted = connection.createBlob();
        wanted.setBytes(1, new byte[] { 7, 6 });
        Observations.attempt("BLOB position of a BLOB", () -> blob.position(wanted, 1));
        Observations.attempt("BLOB getBytes of the end", () -> blob.getBytes(6, 100));
        Observations.attempt("BLOB getBytes behind the end", () -> blob.getBytes(8, 10));
        Observations.attempt("BLOB getBytes beyond the end", () -> blob.getBytes(9, 10));
        attempt("BLOB getBinaryStream of a part", () -> blob.getBinaryStream(2, 3).readAllBytes());
        Observations.attempt("BLOB getBinaryStream of too much", () -> blob.getBinaryStream(2, 30));
        Observations.attempt("BLOB truncate", () -> {
            blob.truncate(3);
            return show(blob);
        });
        Observations.attempt("BLOB truncate to more", () -> {
            blob.truncate(4);
            return show(blob);
        });
        Observations.attempt("BLOB truncate to less than nothing", () -> {
            blob.truncate(-1);
            return show(blob);
        });
        attempt("BLOB setBinaryStream", () -> {
            try (OutputStream stream = blob.setBinaryStream(3)) {
                stream.write(bytes(LONG_BYTES));
                stream.write(77);
            }
            return show(blob);
        });
        Observations.attempt("BLOB truncated from the file to memory", () -> {
            blob.truncate(70000);
            String first = show(blob);
            blob.truncate(10);
            return first + ", " + show(blob);
        });
        Observations.attempt("BLOB free", () -> {
            blob.free();
            blob.free();
            return "twice";
        });
        Observations.attempt("BLOB after free", blob::length);
    }

    private static void temporaryClobs(Connection connection) throws SQLException {
        Clob clob = connection.createClob();
        Observations.attempt("new CLOB", () -> clob.length() + " " + show(clob));
        Observations.attempt("CLOB setString", () -> clob.setString(1, "abcdef") + " " + show(clob));
        Observations.attempt("CLOB setString, wider", () -> clob.setString(2, "\u00e4\u20ac") + " " + show(clob));
        Observations.attempt("CLOB setString, narrower", () -> clob.setString(3, "x") + " " + show(clob));
        Observations.attempt("CLOB setString over the end", () -> clob.setString(6, "\u20ac\u20ac") + " " + show(clob));
        Observations.attempt("CLOB setString behind the end", () -> clob.setString(8, "!") + " " + show(clob));
        Observations.attempt("CLOB setString, wider over the end", () -> clob.setString(7, "\u00fc\u20ac") + " " + show(clob));
        Observations.attempt("CLOB setString of a part", () -> clob.setString(1, "12345", 1, 3) + " " + show(clob));
        Observations.attempt("CLOB setString beyond the end", () -> clob.setString(30, "x"));
        Observations.attempt("CLOB setString at 0", () -> clob.setString(0, "x"));
        Observations.attempt("CLOB position", () -> clob.position("\u20ac", 1));
        Observations.attempt("CLOB position of what is not there", () -> clob.position("nowhere", 1));
        Clob wanted = connection.createClob();
        wanted.setString(1, "de");
        Observations.attempt("CLOB position of a CLOB", () -> clob.position(wanted, 1));
        Observations.attempt("CLOB getSubString", () -> clob.getSubString(3, 4));
        Observations.attempt("CLOB getSubString beyond the end", () -> clob.getSubString(10, 4));
        attempt("CLOB getCharacterStream of a part", () -> read(clob.getCharacterStream(2, 4)));
        Observations.attempt("CLOB truncate", () -> {
            clob.truncate(4);
            return show(clob);
        });
        Observations.attempt("CLOB truncate to more", () -> {
            clob.truncate(5);
            return show(clob);
        });
        attempt("CLOB setCharacterStream", () -> {
            try (Writer writer = clob.setCharacterStream(4)) {
                writer.write(letters(LONG_CHARACTERS));
            }
            return show(clob);
        });
        Observations.attempt("CLOB wider in the middle of much", () -> clob.setString(50000, "\u20ac".repeat(3000)) + " " + show(clob));
        Observations.attempt("CLOB narrower in the middle of much", () -> clob.setString(50001, "-".repeat(2500)) + " " + show(clob));
        Observations.attempt("CLOB setString of more than one parameter takes",
            () -> clob.setString(1000, letters(80000)) + " " + show(clob));
        attempt("CLOB setAsciiStream", () -> {
            try (OutputStream stream = clob.setAsciiStream(1)) {
                stream.write("ascii".getBytes(StandardCharsets.US_ASCII));
            }
            return clob.getSubString(1, 8);
        });
        Observations.attempt("CLOB of characters of two units", () -> {
            clob.truncate(0);
            return clob.setString(1, "a\ud83d\ude00b\ud83d\ude01") + " " + clob.length() + " " + show(clob) + " "
                + clob.position("b", 1) + " " + clob.getSubString(2, 3);
        });
        Observations.attempt("CLOB setString in the place of a character of two units", () -> clob.setString(2, "xy") + " " + show(clob));
        Observations.attempt("CLOB setString between two units", () -> clob.setString(6, "x") + " " + show(clob));
        Observations.attempt("CLOB free", () -> {
            clob.free();
            return "once";
        });
        Observations.attempt("CLOB after free", clob::length);
    }

    private static String read(Reader reader) throws IOException {
        StringBuilder text = new StringBuilder();
        char[] some = new char[4096];
        for (int n; (n = reader.read(some)) >= 0;) {
            text.append(some, 0, n);
        }
        return text.toString();
    }

    private static int insert(Connection connection, int id, Blob blob, Clob clob) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO LOBS VALUES (?, ?, ?)")) {
            insert.setInt(1, id);
            insert.setBlob(2, blob);
            insert.setClob(3, clob);
            return insert.executeUpdate();
        }
    }

    /** What a row holds, whole. */
    private static String row(Connection connection, int id) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT B, C FROM LOBS WHERE ID = ?")) {
            query.setInt(1, id);
            try (ResultSet rows = query.executeQuery()) {
                if (!rows.next()) {
                    return "no row";
                }
                Blob blob = rows.getBlob(1);
                Clob clob = rows.getClob(2);
                return (blob != null ? show(blob) : "null") + ", " + (clob != null ? show(clob) : "null");
            }
        }
    }

    private static void asParameters(Connection connection) throws SQLException {
        Blob small = connection.createBlob();
        Clob shortOne = connection.createClob();
        small.setBytes(1, new byte[] { 1, 2, 3 });
        shortOne.setString(1, "short \u20ac");
        Observations.attempt("temporary LOBs stored", () -> insert(connection, 1, small, shortOne) + " " + row(connection, 1));
        Observations.attempt("empty temporary LOBs stored",
            () -> insert(connection, 2, connection.createBlob(), connection.createClob()) + " " + row(connection, 2));
        Blob large = connection.createBlob();
        Clob longOne = connection.createClob();
        large.setBytes(1, bytes(LONG_BYTES));
        longOne.setString(1, letters(LONG_CHARACTERS));
        Observations.attempt("long temporary LOBs stored", () -> insert(connection, 3, large, longOne) + " " + row(connection, 3));
        Observations.attempt("a temporary LOB changed after it was stored", () -> {
            small.setBytes(1, new byte[] { 9 });
            return row(connection, 1) + ", " + show(small);
        });
        Observations.attempt("a temporary LOB stored again", () -> insert(connection, 4, small, shortOne) + " " + row(connection, 4));
        Observations.attempt("LOBs of a row stored in another", () -> {
            try (Statement statement = connection.createStatement();
                 ResultSet rows = statement.executeQuery("SELECT B, C FROM LOBS WHERE ID = 3")) {
                rows.next();
                return insert(connection, 5, rows.getBlob(1), rows.getClob(2)) + " " + row(connection, 5);
            }
        });
        Observations.attempt("LOBs of a row stored in that row", () -> exchange(connection));
        Observations.attempt("a freed LOB as a parameter", () -> {
            Blob freed = connection.createBlob();
            freed.free();
            return insert(connection, 90, freed, null) + " " + row(connection, 90);
        });
        Observations.attempt("NULL as a LOB", () -> insert(connection, 6, null, null) + " " + row(connection, 6));
        Observations.attempt("LOBs found by their length", () -> Observations.query(connection,
            "SELECT ID, LENGTH(C) FROM LOBS WHERE LENGTH(C) > 4 ORDER BY ID"));
        connection.commit();
        Observations.attempt("a LOB of the unit of work before", small::length);
        Observations.attempt("a LOB of the unit of work before, as a parameter", () -> insert(connection, 91, small, null) + " " + row(connection, 91));
        connection.rollback();
    }

    /** Both of row 3, changed before they go back. */
    private static String exchange(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
             ResultSet rows = statement.executeQuery("SELECT B, C FROM LOBS WHERE ID = 3");
             PreparedStatement update = connection.prepareStatement("UPDATE LOBS SET B = ?, C = ? WHERE ID = 3")) {
            rows.next();
            update.setBlob(1, rows.getBlob(1));
            update.setClob(2, rows.getClob(2));
            return update.executeUpdate() + " " + row(connection, 3);
        }
    }

    /** A change of a row's LOB is a change of the LOB alone. */
    private static void ofRows(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
             ResultSet rows = statement.executeQuery("SELECT B, C FROM LOBS WHERE ID IN (1, 3) ORDER BY ID")) {
            for (int id = 1; rows.next(); id += 2) {
                int number = id;
                Blob blob = rows.getBlob(1);
                Clob clob = rows.getClob(2);
                Observations.attempt("BLOB of row " + id + " changed", () -> blob.setBytes(2, new byte[] { 55, 56, 57 }) + " " + show(blob));
                Observations.attempt("CLOB of row " + id + " changed", () -> clob.setString(2, "\u20ac changed") + " " + show(clob));
                Observations.attempt("BLOB of row " + id + " truncated", () -> {
                    blob.truncate(2);
                    return show(blob);
                });
                Observations.attempt("CLOB of row " + id + " truncated", () -> {
                    clob.truncate(3);
                    return show(clob);
                });
                Observations.attempt("row " + id + " itself", () -> row(connection, number));
                Observations.attempt("changed LOBs of row " + id + " stored in a row",
                    () -> insert(connection, 10 + number, blob, clob) + " " + row(connection, 10 + number));
            }
        }
        try (Statement statement = connection.createStatement();
             ResultSet rows = statement.executeQuery("SELECT B, C FROM LOBS WHERE ID = 3")) {
            rows.next();
            Blob blob = rows.getBlob(1);
            Clob clob = rows.getClob(2);
            Observations.attempt("long BLOB of a row truncated", () -> {
                blob.truncate(100000);
                return show(blob);
            });
            Observations.attempt("long CLOB of a row truncated", () -> {
                clob.truncate(50000);
                return show(clob);
            });
        }
        connection.rollback();
    }

    private static void otherWays(Connection connection) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO LOBS VALUES (?, ?, ?)")) {
            insert.setInt(1, 20);
            Observations.attempt("streams stored", () -> {
                insert.setBlob(2, new ByteArrayInputStream(bytes(LONG_BYTES)));
                insert.setClob(3, new StringReader(letters(LONG_CHARACTERS)));
                return insert.executeUpdate() + " " + row(connection, 20);
            });
            insert.setInt(1, 21);
            Observations.attempt("streams with their lengths stored", () -> {
                insert.setBlob(2, new ByteArrayInputStream(bytes(LONG_BYTES)), LONG_BYTES);
                insert.setClob(3, new StringReader(letters(LONG_CHARACTERS)), LONG_CHARACTERS);
                return insert.executeUpdate() + " " + row(connection, 21);
            });
            insert.setInt(1, 22);
            Observations.attempt("objects stored", () -> {
                Blob blob = connection.createBlob();
                Clob clob = connection.createClob();
                blob.setBytes(1, new byte[] { 5, 4 });
                clob.setString(1, "object");
                insert.setObject(2, blob);
                insert.setObject(3, clob);
                return insert.executeUpdate() + " " + row(connection, 22);
            });
            Observations.attempt("a batch of LOBs", () -> {
                for (int i = 0; i < 3; i++) {
                    Blob blob = connection.createBlob();
                    blob.setBytes(1, bytes(40000 * (i + 1)));
                    insert.setInt(1, 30 + i);
                    insert.setBlob(2, blob);
                    insert.setString(3, "batch " + i);
                    insert.addBatch();
                }
                return Observations.show(insert.executeBatch()) + " " + row(connection, 30) + " " + row(connection, 32);
            });
        }
        connection.rollback();
    }

    /** No query block holds one of these rows. */
    private static void inWideRows(Connection connection) throws SQLException {
        Observations.execute(connection, "CREATE TABLE WIDE (ID INTEGER NOT NULL, V VARCHAR(30000), B BLOB(1M), W VARCHAR(30000), C CLOB(1M))");
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO WIDE VALUES (?, ?, ?, ?, ?)")) {
            for (int id = 1; id <= 3; id++) {
                insert.setInt(1, id);
                insert.setString(2, letters(9000 + id));
                insert.setBytes(3, bytes(LONG_BYTES / id));
                insert.setString(4, letters(7000 * id).substring(id));
                insert.setString(5, letters(LONG_CHARACTERS / id));
                insert.addBatch();
            }
            insert.executeBatch();
        }
        try (Statement statement = connection.createStatement();
             ResultSet rows = statement.executeQuery("SELECT V, B, W, C, ID FROM WIDE ORDER BY ID")) {
            while (rows.next()) {
                Observations.attempt("wide row " + rows.getInt(5), () -> sum(rows.getString(1)) + "; " + show(rows.getBlob(2)) + "; "
                    + sum(rows.getString(3)) + "; " + show(rows.getClob(4)));
            }
        }
        connection.rollback();
    }

    /** Outside of a unit of work that the program ends by itself. */
    private static void withAutoCommit(Connection connection) throws SQLException {
        connection.setAutoCommit(true);
        Observations.attempt("LOBs with auto-commit", () -> {
            Blob blob = connection.createBlob();
            Clob clob = connection.createClob();
            blob.setBytes(1, bytes(70000));
            clob.setString(1, "auto");
            return insert(connection, 40, blob, clob) + " " + row(connection, 40);
        });
        attempt("a stream of a row with auto-commit", () -> {
            try (Statement statement = connection.createStatement();
                 ResultSet rows = statement.executeQuery("SELECT B FROM LOBS WHERE ID = 40")) {
                rows.next();
                try (InputStream stream = rows.getBlob(1).getBinaryStream()) {
                    return sum(stream.readAllBytes());
                }
            }
        });
    }

    static void observe(Connection connection) throws SQLException {
        Observations.quietly(connection, "DROP TABLE LOBS");
        Observations.execute(connection, "CREATE TABLE LOBS (ID INTEGER NOT NULL PRIMARY KEY, B BLOB(1M), C CLOB(1M))");
        connection.setAutoCommit(false);
        temporaryBlobs(connection);
        temporaryClobs(connection);
        asParameters(connection);
        ofRows(connection);
        otherWays(connection);
        inWideRows(connection);
        withAutoCommit(connection);
        Observations.quietly(connection, "DROP TABLE LOBS");
    }
}
