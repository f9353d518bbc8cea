"""Census tables to students offline by place, with how sure that is."""
