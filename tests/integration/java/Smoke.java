import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;

/** A plain JDBC program over Derby's network client: URL, user and PassTicket are the arguments. Prints what it sees. */
public final class Smoke {
    private static void show(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                StringBuilder line = new StringBuilder();
                for (int i = 1; i <= columns; i++) {
                    Object value = rows.getObject(i);
                    line.append(i > 1 ? "|" : "").append(value).append(value == null ? "" : ":" + value.getClass().getSimpleName());
                }
                System.out.println(line);
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        try (Connection connection = DriverManager.getConnection(arguments[0], arguments[1], arguments[2])) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("CREATE TABLE SMOKE (I INTEGER, B BIGINT, D DOUBLE, V VARCHAR(60))");
                connection.commit();
                try (PreparedStatement insert = connection.prepareStatement("INSERT INTO SMOKE VALUES (?, ?, ?, ?)")) {
                    for (int i = 1; i <= 3; i++) {
                        insert.setInt(1, i);
                        insert.setLong(2, i * 9000000000L);
                        insert.setDouble(3, i + 0.5);
                        insert.setString(4, "row " + i + " \u00e4\u20ac");
                        System.out.println("inserted " + insert.executeUpdate());
                    }
                    insert.setNull(1, Types.INTEGER);
                    insert.setNull(2, Types.BIGINT);
                    insert.setNull(3, Types.DOUBLE);
                    insert.setNull(4, Types.VARCHAR);
                    System.out.println("inserted " + insert.executeUpdate());
                }
                connection.commit();
                System.out.println("deleted " + statement.executeUpdate("DELETE FROM SMOKE WHERE I = 2"));
                connection.rollback();
                show(statement, "SELECT * FROM SMOKE ORDER BY I");
                try (PreparedStatement query = connection.prepareStatement("SELECT V FROM SMOKE WHERE I = ?")) {
                    query.setInt(1, 3);
                    try (ResultSet rows = query.executeQuery()) {
                        System.out.println(rows.next() ? rows.getString(1) : "nothing");
                    }
                }
                try {
                    statement.executeQuery("SELECT * FROM NOSUCH");
                } catch (SQLException expected) {
                    System.out.println("error " + expected.getSQLState() + " " + expected.getErrorCode());
                }
                statement.executeUpdate("DROP TABLE SMOKE");
                connection.commit();
            }
        }
    }
}
