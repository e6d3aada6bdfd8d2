-- A batch job for sqlbatch: what an SQL batch step does at night.
--
--   sqlbatch --key-file imscon1.key --url 'jdbc:ims://localhost:5555/SAMPLE:applName=IMSCON1;user=IMSUSR1' samples/batch.sql
--
-- Instead of --url, a script may begin with its own
--   CONNECT jdbc:ims://localhost:5555/SAMPLE:applName=IMSCON1;user=IMSUSR1;
-- Any failure rolls back to the last COMMIT and ends the job with status 12.

DROP TABLE IF EXISTS hospital_ward;

CREATE TABLE hospital_ward (
    wardno   INTEGER PRIMARY KEY,
    wardname VARCHAR(40) NOT NULL,
    beds     SMALLINT,
    cost     DECIMAL(9,2), -- per day; NULL: not yet known
    checked  DATE
);

INSERT INTO hospital_ward VALUES
    (1, 'Surgery', 24, 612.50, '2024-01-02'),
    (2, 'Children''s ward; with a garden', 16, NULL, '2024-01-03'),
    (3, 'Intensive care', 8, 1890.00, NULL);
COMMIT;

UPDATE hospital_ward SET beds = beds + 2 WHERE beds < 20;

SELECT wardno, wardname, beds, cost, checked FROM hospital_ward ORDER BY wardno;

SELECT COUNT(*) AS wards, SUM(beds) AS beds, MAX(cost) AS dearest FROM hospital_ward;

DELETE FROM hospital_ward; /* a mistake ... */
ROLLBACK;                  /* ... and its remedy: the update goes too */

SELECT COUNT(*) AS wards, SUM(beds) AS beds FROM hospital_ward;
COMMIT;
