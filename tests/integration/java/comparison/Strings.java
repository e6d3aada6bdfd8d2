import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.zip.CRC32;

/** Long text and bytes, in rows that are longer than a query block, and large objects. */
final class Strings {
    private static final int[] LENGTHS = { 1, 254, 255, 4000, 32000, 32672 };
    private static final int[] LARGE = { 0, 1, 32700, 32768, 100_000, 1_000_000 };

    private Strings() {
    }

    private static String text(int length) {
        StringBuilder built = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            built.append((char) ('a' + i % 26));
        }
        return built.toString();
    }

    private static byte[] bytes(int length) {
        byte[] made = new byte[length];
        for (int i = 0; i < length; i++) {
            made[i] = (byte) (i * 31);
        }
        return made;
    }

    private static String digest(byte[] data) {
        CRC32 sum = new CRC32();
        sum.update(data);
        return data.length + " " + Long.toHexString(sum.getValue());
    }

    private static String digest(String data) {
        return digest(Types.utf8(data));
    }

    static void observe(Connection connection) throws SQLException {
        Observations.quietly(connection, "DROP TABLE LONGS", "DROP TABLE LARGE");
        observeLongs(connection);
        observeLarge(connection);
        Observations.quietly(connection, "DROP TABLE LONGS", "DROP TABLE LARGE");
    }

    private static void observeLongs(Connection connection) throws SQLException {
        Observations.execute(connection, "CREATE TABLE LONGS (ID INTEGER NOT NULL PRIMARY KEY, V VARCHAR(32672), "
            + "B VARCHAR(32672) FOR BIT DATA)");
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO LONGS VALUES (?, ?, ?)")) {
            for (int length : LENGTHS) {
                insert.setInt(1, length);
                insert.setString(2, text(length));
                insert.setBytes(3, bytes(length));
                Observations.attempt("row of twice " + length + " stored", insert::executeUpdate);
            }
        }
        try (Statement statement = connection.createStatement();
             ResultSet rows = statement.executeQuery("SELECT ID, V, B FROM LONGS ORDER BY ID")) {
            while (rows.next()) {
                Observations.print("row of twice " + rows.getInt(1), digest(rows.getString(2)) + ", " + digest(rows.getBytes(3)));
            }
        }
        Observations.attempt("literal of 30000", () -> digest(Observations.query(connection,
            "SELECT V FROM LONGS WHERE V = '" + text(32000) + "'")));
    }

    private static void observeLarge(Connection connection) throws SQLException {
        Observations.execute(connection, "CREATE TABLE LARGE (ID INTEGER NOT NULL PRIMARY KEY, C CLOB(2M), B BLOB(2M))");
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO LARGE VALUES (?, ?, ?)")) {
            for (int length : LARGE) {
                insert.setInt(1, length);
                Observations.attempt("large objects of " + length + " stored", () -> {
                    insert.setCharacterStream(2, new StringReader(text(length)), length);
                    insert.setBinaryStream(3, new ByteArrayInputStream(bytes(length)), length);
                    return insert.executeUpdate();
                });
            }
        }
        for (int length : LARGE) {
            String query = "SELECT C, B FROM LARGE WHERE ID = " + length;
            Observations.attempt("large objects of " + length, () -> {
                try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(query)) {
                    return rows.next() ? digest(rows.getString(1)) + ", " + digest(rows.getBytes(2)) : "no row";
                }
            });
            Observations.attempt("locators of " + length, () -> {
                try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(query)) {
                    return rows.next() ? rows.getClob(1).length() + " " + rows.getBlob(2).length() : "no row";
                }
            });
        }
    }
}
