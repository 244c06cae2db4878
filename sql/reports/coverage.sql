-- What the logs hold of each day, of the window before, too, with the question's exact totals beside it.
SELECT
    day,
    aws_account_id,
    aws_region,
    log_status,
    records,
    witnesses,
    accepted_witnesses,
    total_conversations,
    total_flows,
    total_packets,
    total_bytes,
    total_accepted,
    total_rejected,
    accepted_until,
    rejected_until
FROM scan_result
WHERE kind IN ('coverage', 'previous_coverage')
ORDER BY day, aws_account_id, aws_region, log_status
