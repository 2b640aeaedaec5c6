<p>customer</p>
