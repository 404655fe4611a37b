"""All that knows Streamlit or Plotly, and nothing that trains."""
