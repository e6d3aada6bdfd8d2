import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.Writer;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.zip.CRC32;

/** One BLOB and one CLOB of a given size, in and out as streams. Arguments: URL, user, password, bytes, characters. */
public final class LargeObjects {
    private LargeObjects() {
    }

    /** Bytes that are not the same anywhere. */
    private static final class Numbers extends InputStream {
        private final CRC32 sum = new CRC32();
        private long left;
        private long state = 1;

        Numbers(long size) {
            left = size;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            if (left == 0) {
                return -1;
            }
            int size = (int) Math.min(length, left);
            for (int i = 0; i < size; i++) {
                state = state * 6364136223846793005L + 1442695040888963407L;
                bytes[offset + i] = (byte) (state >> 56);
            }
            sum.update(bytes, offset, size);
            left -= size;
            return size;
        }
    }

    /** Characters of one to four bytes of UTF-8. */
    private static final class Letters extends Reader {
        private static final String ALPHABET = "abc\u00e4\u20ac\ud83d\ude00xyz";
        private final long size;
        private long position;

        Letters(long size) {
            this.size = size;
        }

        static char at(long position) {
            return ALPHABET.charAt((int) (position % ALPHABET.length()));
        }

        @Override
        public int read(char[] characters, int offset, int length) {
            if (position == size) {
                return -1;
            }
            int count = (int) Math.min(length, size - position);
            for (int i = 0; i < count; i++) {
                characters[offset + i] = at(position++);
            }
            return count;
        }

        @Override
        public void close() {
        }
    }

    private static void check(boolean good, String what) {
        if (!good) {
            throw new IllegalStateException(what);
        }
    }

    private static void blobs(Connection connection, long size) throws SQLException, IOException {
        Numbers sent = new Numbers(size);
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO BIG_BYTES VALUES (1, ?)")) {
            insert.setBinaryStream(1, sent, size);
            check(insert.executeUpdate() == 1, "one row");
        }
        connection.commit();
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SELECT B FROM BIG_BYTES")) {
            check(rows.next(), "a row");
            CRC32 sum = new CRC32();
            long length = 0;
            byte[] bytes = new byte[1 << 16];
            try (InputStream stream = rows.getBlob(1).getBinaryStream()) {
                for (int n; (n = stream.read(bytes)) > 0; length += n) {
                    sum.update(bytes, 0, n);
                }
            }
            check(length == size, "length of the BLOB " + length);
            check(sum.getValue() == sent.sum.getValue(), "bytes of the BLOB");
        }
        try (PreparedStatement update = connection.prepareStatement("UPDATE BIG_BYTES SET B = ? WHERE ID = 1")) {
            update.setBinaryStream(1, new Numbers(size / 2), size / 2);
            check(update.executeUpdate() == 1, "one row updated");
        }
        connection.rollback();
        try (Statement statement = connection.createStatement();
             ResultSet rows = statement.executeQuery("SELECT LENGTH(B) FROM BIG_BYTES")) {
            check(rows.next() && rows.getLong(1) == size, "rolled back");
        }
        connection.commit();
    }

    private static void clobs(Connection connection, long size) throws SQLException, IOException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO BIG_TEXT VALUES (1, ?)")) {
            insert.setCharacterStream(1, new Letters(size), size);
            check(insert.executeUpdate() == 1, "one row");
        }
        connection.commit();
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SELECT C FROM BIG_TEXT")) {
            check(rows.next(), "a row");
            Clob clob = rows.getClob(1);
            check(clob.length() == size, "length of the CLOB");
            long position = 0;
            char[] characters = new char[1 << 15];
            try (Reader reader = clob.getCharacterStream()) {
                for (int n; (n = reader.read(characters)) > 0;) {
                    for (int i = 0; i < n; i++) {
                        check(characters[i] == Letters.at(position++), "character " + position);
                    }
                }
            }
            check(position == size, "characters of the CLOB");
        }
        connection.commit();
    }

    /** Values that go from row to row, and from a temporary LOB into one, without coming here; and back to see what they are. */
    private static void locators(Connection connection, long bytes, long characters) throws SQLException, IOException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SELECT B FROM BIG_BYTES WHERE ID = 1")) {
            check(rows.next(), "a row to copy");
            Blob blob = rows.getBlob(1);
            insert(connection, "INSERT INTO BIG_BYTES VALUES (2, ?)", blob, null);
            blob.setBytes(bytes + 1, new byte[] { 1, 2, 3 });
            check(blob.length() == bytes + 3, "length of a BLOB that was made longer");
            blob.truncate(bytes);
            insert(connection, "INSERT INTO BIG_BYTES VALUES (3, ?)", blob, null);
            blob.free(); /* its room is wanted */
        }
        Numbers sent = new Numbers(bytes / 4);
        Blob temporary = connection.createBlob();
        try (OutputStream stream = temporary.setBinaryStream(1)) {
            sent.transferTo(stream);
        }
        insert(connection, "INSERT INTO BIG_BYTES VALUES (4, ?)", temporary, null);
        Clob text = connection.createClob();
        try (Writer writer = text.setCharacterStream(1)) {
            new Letters(characters / 4).transferTo(writer);
        }
        insert(connection, "INSERT INTO BIG_TEXT VALUES (2, ?)", null, text);
        connection.commit();
        Numbers first = new Numbers(bytes);
        first.skip(Long.MAX_VALUE);
        check(sum(connection, 2) == first.sum.getValue() && sum(connection, 3) == first.sum.getValue(), "BLOBs of rows copied");
        check(sum(connection, 4) == sent.sum.getValue(), "a temporary BLOB stored");
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SELECT C FROM BIG_TEXT WHERE ID = 2")) {
            check(rows.next(), "the row of a temporary CLOB");
            Clob stored = rows.getClob(1);
            check(stored.length() == characters / 4, "a temporary CLOB stored");
            check(stored.getSubString(characters / 4 - 2, 1).charAt(0) == Letters.at(characters / 4 - 3), "the end of it");
        }
        connection.commit();
    }

    private static void insert(Connection connection, String text, Blob blob, Clob clob) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(text)) {
            if (blob != null) {
                insert.setBlob(1, blob);
            } else {
                insert.setClob(1, clob);
            }
            check(insert.executeUpdate() == 1, "one row");
        }
    }

    private static long sum(Connection connection, int id) throws SQLException, IOException {
        CRC32 sum = new CRC32();
        byte[] bytes = new byte[1 << 16];
        try (Statement statement = connection.createStatement();
             ResultSet rows = statement.executeQuery("SELECT B FROM BIG_BYTES WHERE ID = " + id)) {
            check(rows.next(), "row " + id);
            try (InputStream stream = rows.getBlob(1).getBinaryStream()) {
                for (int n; (n = stream.read(bytes)) > 0;) {
                    sum.update(bytes, 0, n);
                }
            }
        }
        return sum.getValue();
    }

    public static void main(String[] arguments) throws SQLException, IOException {
        long bytes = Long.parseLong(arguments[3]);
        long characters = Long.parseLong(arguments[4]);
        try (Connection connection = DriverManager.getConnection(arguments[0], arguments[1], arguments[2])) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("CREATE TABLE BIG_BYTES (ID INTEGER NOT NULL PRIMARY KEY, B BLOB(1G))");
                statement.executeUpdate("CREATE TABLE BIG_TEXT (ID INTEGER NOT NULL PRIMARY KEY, C CLOB(1G))");
            }
            connection.commit();
            long start = System.nanoTime();
            blobs(connection, bytes);
            System.out.printf("BLOB of %d bytes in and out: %.1f s%n", bytes, (System.nanoTime() - start) / 1e9);
            start = System.nanoTime();
            clobs(connection, characters);
            System.out.printf("CLOB of %d characters in and out: %.1f s%n", characters, (System.nanoTime() - start) / 1e9);
            start = System.nanoTime();
            locators(connection, bytes, characters);
            System.out.printf("from row to row and from temporary LOBs, and out: %.1f s%n", (System.nanoTime() - start) / 1e9);
        }
    }
}
