-- Description: Create the posts table that the others find
-- Revision ID: 20240101000000
-- Reverts to: base
-- Create Date: 2024-01-15 00:00:00 UTC
-- Risk: destructive: drops table posts

DROP TABLE posts;
