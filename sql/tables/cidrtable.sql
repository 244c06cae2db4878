-- The expansions of blocks, and nothing else, below one prefix. Replace the bucket.
-- Written by `python -m infra.generate`, whose `ddl` prints it for other kinds of files.
CREATE EXTERNAL TABLE IF NOT EXISTS cidrtable (
    `cidr` string,
    `ip` string
)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ','
LOCATION 's3://amzn-s3-demo-bucket1/cidr/';
