import java.sql.Blob;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/** Temporary LOBs beyond what [limits] lob_bytes allows, and within. Arguments: URL, user, password, the limit. */
public final class LobLimit {
    private LobLimit() {
    }

    private interface Act {
        void run() throws SQLException;
    }

    private static void expectNoRoom(String what, Act act) {
        try {
            act.run();
        } catch (SQLException failure) {
            if ("57011".equals(failure.getSQLState())) {
                return;
            }
            throw new IllegalStateException(what, failure);
        }
        throw new IllegalStateException(what + " has room");
    }

    public static void main(String[] arguments) throws SQLException {
        int limit = Integer.parseInt(arguments[3]);
        try (Connection connection = DriverManager.getConnection(arguments[0], arguments[1], arguments[2])) {
            connection.setAutoCommit(false);
            Blob first = connection.createBlob();
            Blob second = connection.createBlob();
            Clob text = connection.createClob();
            first.setBytes(1, new byte[limit / 2]);
            expectNoRoom("a second BLOB", () -> second.setBytes(1, new byte[limit]));
            expectNoRoom("a CLOB", () -> text.setString(1, "x".repeat(limit)));
            first.free();
            Blob third = connection.createBlob();
            third.setBytes(1, new byte[limit - limit / 8]);
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("CREATE TABLE WITHIN (B BLOB(1M))");
            }
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO WITHIN VALUES (?)")) {
                insert.setBlob(1, third);
                insert.executeUpdate();
            }
            connection.rollback();
            connection.createBlob().setBytes(1, new byte[limit - limit / 8]);
            connection.rollback();
        }
    }
}
