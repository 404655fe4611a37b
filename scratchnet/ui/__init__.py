"""Everything that depends on Streamlit; no code here trains."""
